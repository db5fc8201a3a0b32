/** One accepted bundle: an authority and who, exactly, signed. */
export interface Approval {
  readonly authority: string;
  /** Key fingerprint, or issuer and subject. */
  readonly signer: string;
}

/**
 * How many different authorities are backed by as many different signers: one signer that fits two authorities
 * counts once (a maximum matching, found by augmenting paths).
 */
export function countAuthorities(approvals: readonly Approval[]): number {
  if (approvals.length < 2) return approvals.length;
  const authorities = [...new Set(approvals.map(({ authority }) => authority))];
  const matched = new Map<string, string>();
  const assign = (authority: string, visited: Set<string>): boolean =>
    approvals.some(({ authority: of, signer }) => {
      if (of !== authority || visited.has(signer)) return false;
      visited.add(signer);
      const holder = matched.get(signer);
      if (holder !== undefined && !assign(holder, visited)) return false;
      matched.set(signer, authority);
      return true;
    });
  return authorities.filter((authority) => assign(authority, new Set())).length;
}
