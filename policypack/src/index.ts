import { PolicyPack } from "@pulumi/policy";
import "./engine/smallHeap.ts";
import { declareWholePack, rules } from "./rules.ts";

declareWholePack();

new PolicyPack("fnseal", {
  displayName: "fnseal",
  description: "Lambda functions and layers run only code that its builders signed.",
  provider: "aws",
  tags: ["aws", "lambda", "supply-chain", "sigstore"],
  repository: "https://github.com/fnseal/fnseal",
  enforcementLevel: "mandatory",
  policies: [...rules],
});
