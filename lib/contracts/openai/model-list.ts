/** One entry of `GET /v1/models`; `id` is the access name that a call gives as `model`. */
export interface OpenAiModel {
  id: string;
  object: "model";
  /** Seconds since 1970. */
  created: number;
  owned_by: string;
}

export interface OpenAiModelList {
  object: "list";
  data: OpenAiModel[];
}
