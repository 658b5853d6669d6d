import type { DocsChapter } from "../../chapter.ts";
import { errors } from "./errors.tsx";
import { keys } from "./keys.tsx";
import { calling } from "./models.tsx";
import { pricing } from "./pricing.tsx";
import { questions } from "./questions.tsx";
import { quickStart } from "./quick-start.tsx";
import { services } from "./services.tsx";

export const chapters: DocsChapter[] = [quickStart, calling, services, keys, errors, pricing, questions];
