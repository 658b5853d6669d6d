import { defineConfig } from "prisma/config";

// Only `prisma generate` reads this file; migrations go through `hydra migrate` (docs/decisions/0002).
export default defineConfig({ schema: "prisma/schema" });
