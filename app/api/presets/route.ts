import { defineRoute } from "#app/_server/define-route.ts";
import { savePresetInput } from "#lib/contracts/conversations.ts";
import { listPresets } from "#lib/services/presets/list.ts";
import { savePreset } from "#lib/services/presets/save.ts";

export const GET = defineRoute({ scope: "user", handle: ({ ctx }) => listPresets({ ctx }) });

/** Keeps a preset; one of the same name is replaced. */
export const POST = defineRoute({
  scope: "user",
  input: savePresetInput,
  handle: ({ ctx, input }) => savePreset({ ctx, input }),
});
