// Node packages that ship ES modules only: jest compiles them as it compiles our own sources.
const esm = [
  ...[
    "@noble/ciphers",
    "@noble/curves",
    "@noble/hashes",
    "re2js",
    "commander",
    "@fnseal/core",
    "@fnseal/verifier",
  ],
  ...["agent-base", "http-proxy-agent", "https-proxy-agent", "socks-proxy-agent", "proxy-agent-negotiate"],
].join("|");

const common = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [],
  transform: {
    "\\.[jt]s$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  // Wherever they lie: some are inside of another package's node_modules.
  transformIgnorePatterns: [`^(?!.*/node_modules/(${esm})/).*/node_modules/`],
  modulePathIgnorePatterns: ["<rootDir>/.cache/", "<rootDir>/.*/dist/"],
};

export default {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: [
        "<rootDir>/{core,cli,policypack,verifier,provider}/**/*.test.ts",
        "<rootDir>/test/unit/**/*.test.ts",
      ],
    },
    { ...common, displayName: "e2e", testMatch: ["<rootDir>/test/e2e/**/*.test.ts"] },
  ],
  testTimeout: 120_000,
  // Most of the time a test waits for an engine or an emulator: jest's default leaves one processor to nobody.
  maxWorkers: "100%",
};
