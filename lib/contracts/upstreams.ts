import * as z from "zod/mini";
import { moment } from "./common.ts";
import { instanceStates, stateReasons } from "./services.ts";

const weight = z.int().check(z.minimum(1), z.maximum(1000));
const maxConcurrency = z.int().check(z.minimum(1), z.maximum(100_000));

/** A model's name at an upstream, as its API takes it. */
export const upstreamModelName = z
  .string()
  .check(z.trim(), z.minLength(1), z.maxLength(200), z.regex(/^[\x21-\x7e]+$/, "must be letters, digits and signs without spaces"));

/** What an upstream takes as a bearer. Signs that JSON would write in another way are refused, so that it can always be found in a text. */
export const upstreamCredential = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(4096),
    z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be one line of letters, digits and signs, without spaces, quotes and backslashes"),
  );

/** What is left out is, for a new endpoint, the default, and for one that is there, what it was. */
export const addUpstreamInput = z.strictObject({
  /** Slug of the catalog's model that it offers. */
  model: z.string().check(z.maxLength(64)),
  /** Base address as an SDK is given it; without a path, `/v1` is meant. */
  url: z.string().check(z.maxLength(500)),
  upstreamModel: upstreamModelName,
  /** Null: it asks for none. */
  credential: z.optional(z.nullable(upstreamCredential)),
  weight: z.optional(weight),
  /** Null: no bound. */
  maxConcurrency: z.optional(z.nullable(maxConcurrency)),
  /** Below the base address; any 2xx is good then. Null: `models`, which must list the model. */
  probePath: z.optional(z.nullable(z.string().check(z.maxLength(200), z.regex(/^[A-Za-z0-9._~/-]+$/, "must be a path such as health")))),
});
export type AddUpstreamInput = z.infer<typeof addUpstreamInput>;

export const upstreamView = z.object({
  id: z.string(),
  /** `public/<model>`. */
  accessName: z.string(),
  url: z.string(),
  upstreamModel: z.string(),
  /** All that is ever told of the credential. */
  hasCredential: z.boolean(),
  weight: weight,
  maxConcurrency: z.nullable(maxConcurrency),
  probePath: z.nullable(z.string()),
  /** Of its instance; null while the deployer has not taken it up. */
  state: z.nullable(z.enum(instanceStates)),
  reason: z.enum(stateReasons),
  reasonData: z.record(z.string(), z.union([z.string(), z.number()])),
  createdAt: moment,
  updatedAt: moment,
});
export type UpstreamView = z.infer<typeof upstreamView>;

export const addedUpstream = z.object({
  upstream: upstreamView,
  /** False where it was there and has been changed. */
  created: z.boolean(),
  serviceCreated: z.boolean(),
  /** False: the model has no price, so that nobody can call it yet. */
  priced: z.boolean(),
});
export type AddedUpstream = z.infer<typeof addedUpstream>;
