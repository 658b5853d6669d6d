import { cookies } from "next/headers";

const form = /^[a-z.]{1,200}$/;

/** Pages whose purpose was put away on this browser (components/ui/purpose.tsx). */
export async function purposesRead(): Promise<string[]> {
  const read = (await cookies()).get("hydra-read")?.value ?? "";
  return form.test(read) ? read.split(".") : [];
}
