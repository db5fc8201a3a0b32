import tseslint from "typescript-eslint";

/** `core` knows neither Pulumi nor AWS; arrows point from the outside in. */
const onlyInward = (patterns) => ({
  "no-restricted-imports": ["error", { patterns: patterns.map((group) => ({ group: [group] })) }],
});

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/**",
      "**/dist/**",
      ".cache/**",
      "examples/**",
      "install/**",
      "coverage/**",
      "*.config.js",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/require-await": "off",
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["core/**"],
    rules: onlyInward(["@pulumi/*", "@aws-sdk/*", "**/cli/**", "**/policypack/**", "commander"]),
  },
  { files: ["cli/**"], rules: onlyInward(["@pulumi/*", "**/policypack/**"]) },
  { files: ["policypack/**"], rules: onlyInward(["@aws-sdk/*", "@pulumi/aws*", "**/cli/**", "commander"]) },
  // A bundle of its own, which previews load only where something has to be asked of KMS.
  { files: ["policypack/src/kms.ts"], rules: onlyInward(["@pulumi/*", "**/cli/**", "commander"]) },
  { files: ["scripts/**", "test/**", "bench/**"], rules: { "no-console": "off" } },
);
