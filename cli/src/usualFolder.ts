/** The project's folder of bundles by digest, where `fnseal init` tells the policy pack to look as well. */
export const USUAL_FOLDER = "fnseal/bundles";
