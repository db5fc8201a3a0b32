import { hash } from "node:crypto";
import { isRecord } from "../../../core/src/record.ts";
import { type FaultyServer, startFaulty } from "./faulty.ts";

/**
 * A registry with the specification's referrers API in front of one without, as distribution 3.1 is: it lists what is
 * pushed through it, two entries a page.
 */
export async function withReferrersApi(registry: string): Promise<FaultyServer> {
  const lists = new Map<string, object[]>();
  return startFaulty((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      const [, subject] = /\/referrers\/(sha256:[0-9a-f]{64})$/.exec(url.pathname) ?? [];
      if (subject !== undefined) {
        const start = Number(url.searchParams.get("start") ?? 0);
        const all = lists.get(subject) ?? [];
        if (start + 2 < all.length)
          response.setHeader("link", `<${url.pathname}?start=${start + 2}>; rel="next"`);
        response.setHeader("content-type", "application/vnd.oci.image.index.v1+json");
        response.end(JSON.stringify({ schemaVersion: 2, manifests: all.slice(start, start + 2) }));
        return;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === "string" &&
        !["host", "connection", "content-length", "transfer-encoding"].includes(name)
          ? [[name, value]]
          : [],
      );
      const init = {
        method: request.method ?? "GET",
        headers,
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      };
      const answer = await fetch(`${registry}${request.url ?? "/"}`, init);
      if (request.method === "PUT" && url.pathname.includes("/manifests/") && answer.status === 201) {
        const list = remember(lists, body);
        if (list !== undefined) response.setHeader("oci-subject", list);
      }
      for (const name of ["content-type", "docker-content-digest", "www-authenticate"]) {
        const value = answer.headers.get(name);
        if (value !== null) response.setHeader(name, value);
      }
      const location = answer.headers.get("location");
      if (location !== null) response.setHeader("location", location.replace(registry, ""));
      response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
}

function remember(lists: Map<string, object[]>, body: Buffer): string | undefined {
  const manifest: unknown = JSON.parse(body.toString("utf8"));
  const subject = isRecord(manifest) ? manifest["subject"] : undefined;
  if (!isRecord(manifest) || !isRecord(subject) || typeof subject["digest"] !== "string") return undefined;
  const { mediaType, artifactType, annotations } = manifest;
  const descriptor = {
    mediaType,
    artifactType,
    annotations,
    size: body.length,
    digest: `sha256:${hash("sha256", body)}`,
  };
  lists.set(subject["digest"], [...(lists.get(subject["digest"]) ?? []), descriptor]);
  return subject["digest"];
}
