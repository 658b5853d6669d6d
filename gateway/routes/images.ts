import { parseImage } from "../policies/parse-image.ts";
import type { WholeForm } from "./answer-whole.ts";

/** `POST /v1/images/generations`: charged by the images that are in the answer. */
export const images: WholeForm = {
  purpose: "image",
  path: "/v1/images/generations",
  parse: parseImage,
  // Nothing arrives before the last image is done.
  answerMs: (limits) => limits.totalMs,

  usageOf({ data }) {
    if (!Array.isArray(data)) return null;
    return { source: "counted", tokens: { input: 0, cached: 0, output: 0, images: data.length } };
  },

  shape: (answer) => ({ created: Math.floor(Date.now() / 1000), ...answer }),
};
