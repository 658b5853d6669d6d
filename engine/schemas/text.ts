import { z } from "zod";

/** Text that UTF-8 can hold: a lone surrogate would silently become another character on its way to the model. */
export const text = z.string().refine((value) => value.isWellFormed(), {
  error: "must be well-formed Unicode, without lone surrogates",
  params: { code: "invalid_unicode" },
});
