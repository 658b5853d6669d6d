/** A piece of an answer; what is left out does not go on in it. */
export interface Delta {
  content?: string;
  reasoning?: string;
  toolCalls?: ToolCallDelta[];
}

export interface ToolCallDelta {
  index: number;
  /** With the first piece of a call only. */
  id?: string;
  name?: string;
  /** The next piece of the arguments' JSON text. */
  arguments: string;
}

export function isEmptyDelta(delta: Delta): boolean {
  return !delta.content && !delta.reasoning && !delta.toolCalls?.length;
}
