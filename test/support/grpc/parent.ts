/** How soon after the engine's death a plugin notices. */
const INTERVAL_MS = 500;

/**
 * Calls `gone` once when the process that started this one has died, however it died. The engine puts each
 * plugin into a process group of its own, so killing the engine's group reaches none of them.
 */
export function watchParent(gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, INTERVAL_MS);
  timer.unref();
}
