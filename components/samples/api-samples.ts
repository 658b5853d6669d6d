import type { CodeSample } from "#components/ui/code.tsx";

/** Requests in several languages beside the response that they get. */
export interface PairView {
  request: CodeSample[];
  response: CodeSample;
}

/** Built by app/_server/samples.ts for one model or service. */
export interface ApiSamples {
  /** Address of `POST …/chat/completions`. */
  url: string;
  whole: PairView;
  streaming: PairView;
}
