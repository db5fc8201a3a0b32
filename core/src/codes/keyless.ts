import type { CodeTable } from "./table.ts";

/** Codes of signing without a key: about the identity token and the services that answer for it. */
export const KEYLESS_CODES = {
  "identity-token-missing": {
    outcome: "usage",
    title: "Nothing here says who is signing",
    remedy:
      "In GitHub Actions give the job `permissions: id-token: write`; in GitLab set `id_tokens: SIGSTORE_ID_TOKEN` with `aud: sigstore`; elsewhere name `--identity-token-file` or `--identity-token-env`.",
  },
  "identity-token-invalid": {
    outcome: "usage",
    title: "The identity token is not an OpenID Connect token that can be used here",
    remedy: "Get a new one; it must be a JWT with `iss`, `aud` (sigstore), `exp` and `sub` or `email`.",
  },
  "identity-token-expired": {
    outcome: "usage",
    title: "The identity token is past its end",
    remedy: "Get a new token right before signing. If it is new, set this machine's clock.",
  },
  "identity-provider-unreachable": {
    outcome: "undecided",
    title: "Whoever says who is signing does not answer",
    remedy:
      "Try again later, or where there is a network; nothing was written. The message names who was asked.",
  },
  "signing-config-invalid": {
    outcome: "usage",
    title: "The signing config cannot be used",
    remedy:
      "Give a signing config of media type application/vnd.dev.sigstore.signingconfig.v0.2+json that names a certificate authority and, as its selectors ask, logs and timestamp authorities.",
  },
  "trust-repository-unreachable": {
    outcome: "undecided",
    title: "The TUF repository that says whom to trust does not answer",
    remedy:
      "Try again where there is a network. Nothing was changed: verifying needs no network, and goes on by the trusted root that it has.",
  },
  "trust-repository-expired": {
    outcome: "undecided",
    title: "The TUF repository's metadata is past its end, so that nobody can say what is the newest",
    remedy:
      "Check this machine's clock. If it is right, the repository is no longer kept up to date or something stands between: ask whoever runs it, and do not take what it gives.",
  },
  "trust-repository-invalid": {
    outcome: "rejected",
    title: "What the TUF repository gives is not signed by its root",
    remedy:
      "Give the repository's own first root with `--root`. If it was right before, someone may be between you and the repository.",
  },
  "trust-repository-rolled-back": {
    outcome: "rejected",
    title: "The TUF repository gives something older than what it gave before",
    remedy:
      "Nothing was changed. Ask whoever runs the repository: it was restored from a copy, or someone between you and it withholds what is new.",
  },
  "trust-cache-stale": {
    outcome: "undecided",
    title: "What is kept of a TUF repository is past its end: whether it is the newest is not known",
    remedy: "Run `fnseal trust update` where there is a network.",
  },
  "signing-service-unreachable": {
    outcome: "undecided",
    title: "A service that is needed for signing does not answer",
    remedy: "Try again later; nothing was written. The message names the service.",
  },
  "signing-clocks-differ": {
    outcome: "undecided",
    title: "A log or timestamp authority gives a time outside of the minutes that the certificate is valid",
    remedy:
      "Nothing was written: such a bundle is refused wherever it is verified. Ask whoever runs the service that the message names to set its clock.",
  },
  "signing-service-refused": {
    outcome: "undecided",
    title: "A service that is needed for signing refuses",
    remedy:
      "Read its reason in the message: often the token's issuer or audience is not one that the certificate authority accepts.",
  },
} as const satisfies CodeTable;
