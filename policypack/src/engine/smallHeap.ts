import { keepHeapSmall } from "@fnseal/core/heap";

// A module of its own, so that it runs before the SDK is loaded: the heap does not shrink again.
keepHeapSmall();
