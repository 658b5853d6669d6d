import { join } from "node:path";
import { relay } from "../setup/relay.mjs";

// A parent as bin/start.mjs is one, with a child that notes what reaches it.
const journal = String(process.argv[2]);
process.exitCode = await relay(join(import.meta.dirname, "relay-child.ts"), [journal], { ownSession: true });
