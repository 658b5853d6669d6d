import type { ReactNode } from "react";

/** What a chapter says about this installation. */
export interface DocsFacts {
  /** Address for calls by token; ends in `/v1`. */
  chatEndpoint: string;
  /** Address for the services of `region`; ends in `/v1`. */
  regionEndpoint: string;
  region: string;
  /** A public model that can be called. */
  accessName: string;
  /** What a service of the reader's own would be called. */
  ownName: string;
  workspace: string;
  supportUrl: string | null;
  /** Samples of a call, for `accessName`. */
  callExample: ReactNode;
  /** The same in an old style. */
  oldSample: ReactNode;
}

export interface DocsSection {
  /** The heading's anchor: the same in every language. */
  id: string;
  title: string;
  body: ReactNode;
}

export interface DocsChapter {
  /** Last part of its address, the same in every language. */
  slug: string;
  title: string;
  summary: string;
  sections: (facts: DocsFacts) => DocsSection[];
}
