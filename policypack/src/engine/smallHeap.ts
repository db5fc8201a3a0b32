import { keepHeapSmall } from "@fnseal/core/heap";

// A module of its own, so that it runs after the SDK is loaded, which would take longer, and before the rules are.
keepHeapSmall();
