import type { Prisma } from "../generated/client.ts";

/** Prices in nano-units of the currency per token: ¥4 per 1M tokens is 4_000n. */
interface SeedPrice {
  inputNano: bigint;
  cachedInputNano: bigint;
  outputNano: bigint;
}

type SeedWeights = Omit<Prisma.ModelWeightsCreateManyInput, "id" | "modelId">;

/** One model of a new installation. A model that is offered by token has a price, or it could not be called. */
export interface SeedModel extends Omit<Prisma.ModelCreateManyInput, "id" | "sortOrder"> {
  price: SeedPrice | null;
  /** What a machine without an accelerator runs it on; null where no such file is known. */
  weights: SeedWeights | null;
}

const text = { kind: "text_generation", hot: false, demo: false, weights: null } as const;
const byToken = { offersToken: true, offersDedicated: false } as const;
const dedicated = { offersToken: false, offersDedicated: true, price: null } as const;
const both = { offersToken: true, offersDedicated: true } as const;

/** A file of a repository on Hugging Face, quantised to 4 bits; of a split file the first. */
function gguf(repository: string, file: string): SeedWeights {
  return { source: "hub", hub: "huggingface", repository, revision: "main", file, format: "gguf" };
}

/**
 * The catalog of a new installation, in the order in which it is shown. Context, licence, size and repository are the
 * makers' own; the longest output is theirs too, or what their hosted service allows. Prices are a starting point.
 */
export const seedModels: SeedModel[] = [
  {
    ...text,
    ...both,
    slug: "hydra-tiny",
    name: "Hydra-Tiny",
    provider: "Hydra",
    contextLength: 1_024,
    maxOutputTokens: 512,
    licence: "Apache-2.0",
    parameters: 2_408_448n,
    repository: null,
    demo: true,
    weights: {
      source: "bundled",
      file: "hydra-tiny/tiny-chat.gguf",
      format: "gguf",
      architecture: "llama",
      sizeBytes: 2_598_272n,
      cacheBytesPerToken: 3_840,
    },
    descriptionEn:
      "A small demo model of 2.4 million parameters that runs on any laptop and shows how a service deploys, streams and scales. It is no source of facts: its answers are often wrong.",
    descriptionZh:
      "一个只有 240 万参数的演示小模型，任何笔记本电脑都能运行，用来展示服务如何部署、流式输出和扩缩容。它不是事实来源：回答经常出错。",
    price: { inputNano: 100n, cachedInputNano: 20n, outputNano: 200n },
  },
  {
    ...text,
    ...byToken,
    slug: "deepseek-r1",
    name: "DeepSeek-R1",
    provider: "DeepSeek",
    contextLength: 131_072,
    maxOutputTokens: 32_768,
    licence: "MIT",
    parameters: 671_000_000_000n,
    repository: "deepseek-ai/DeepSeek-R1",
    hot: true,
    descriptionEn:
      "A reasoning model that thinks step by step before it answers, strong at mathematics, code and logic. It has 671 billion parameters, of which 37 billion work on each token.",
    descriptionZh: "先逐步思考再作答的推理模型，擅长数学、代码和逻辑问题。总参数 6710 亿，每个 Token 激活其中 370 亿。",
    price: { inputNano: 4_000n, cachedInputNano: 1_000n, outputNano: 16_000n },
  },
  {
    ...text,
    ...byToken,
    slug: "deepseek-v3",
    name: "DeepSeek-V3",
    provider: "DeepSeek",
    contextLength: 131_072,
    maxOutputTokens: 8_192,
    licence: "DeepSeek Model License",
    parameters: 671_000_000_000n,
    repository: "deepseek-ai/DeepSeek-V3",
    hot: true,
    descriptionEn:
      "A general chat model built as a mixture of experts, quick for its size and good at writing, code and long documents. It answers at once, without a visible chain of thought.",
    descriptionZh: "采用混合专家架构的通用对话模型，在同等规模中速度快，擅长写作、编程和长文档处理。它直接给出回答，不展示思考过程。",
    price: { inputNano: 2_000n, cachedInputNano: 500n, outputNano: 8_000n },
  },
  {
    ...text,
    ...dedicated,
    slug: "phi-4",
    name: "Phi-4",
    provider: "Microsoft",
    contextLength: 16_384,
    maxOutputTokens: 16_384,
    licence: "MIT",
    parameters: 14_659_507_200n,
    repository: "microsoft/phi-4",
    weights: gguf("bartowski/phi-4-GGUF", "phi-4-Q4_K_M.gguf"),
    descriptionEn:
      "A 14-billion-parameter model trained largely on carefully made synthetic data, with a focus on reasoning. It suits mathematics and science questions, mostly in English.",
    descriptionZh: "140 亿参数的模型，主要用精心合成的数据训练，侧重推理能力。适合数学与科学类问题，以英文为主。",
  },
  {
    ...text,
    ...dedicated,
    slug: "phi-3.5-mini-instruct",
    name: "Phi-3.5-mini-instruct",
    provider: "Microsoft",
    contextLength: 131_072,
    maxOutputTokens: 4_096,
    licence: "MIT",
    parameters: 3_821_079_552n,
    repository: "microsoft/Phi-3.5-mini-instruct",
    weights: gguf("bartowski/Phi-3.5-mini-instruct-GGUF", "Phi-3.5-mini-instruct-Q4_K_M.gguf"),
    descriptionEn:
      "A compact model of 3.8 billion parameters that reads up to 128K tokens. It fits where memory is short and answers must come fast, in more than twenty languages.",
    descriptionZh: "38 亿参数的小巧模型，可读取多达 128K Token 的上下文。适合内存有限、要求快速响应的场景，支持二十多种语言。",
  },
  {
    ...text,
    ...dedicated,
    slug: "qwen2-0.5b-instruct",
    name: "Qwen2-0.5B-Instruct",
    provider: "Alibaba Cloud",
    contextLength: 32_768,
    maxOutputTokens: 6_144,
    licence: "Apache-2.0",
    parameters: 494_032_768n,
    repository: "Qwen/Qwen2-0.5B-Instruct",
    weights: gguf("Qwen/Qwen2-0.5B-Instruct-GGUF", "qwen2-0_5b-instruct-q4_k_m.gguf"),
    descriptionEn:
      "The smallest instruction model of the Qwen2 family, light enough for a plain processor. It does for short replies, classification and trying out an integration.",
    descriptionZh: "Qwen2 系列中最小的指令模型，普通处理器即可运行。适合简短回复、文本分类和接口联调。",
  },
  {
    ...text,
    ...both,
    slug: "qwen2.5-7b-instruct",
    name: "Qwen2.5-7B-Instruct",
    provider: "Alibaba Cloud",
    contextLength: 131_072,
    maxOutputTokens: 8_192,
    licence: "Apache-2.0",
    parameters: 7_615_616_512n,
    repository: "Qwen/Qwen2.5-7B-Instruct",
    weights: gguf("Qwen/Qwen2.5-7B-Instruct-GGUF", "qwen2.5-7b-instruct-q4_k_m-00001-of-00002.gguf"),
    descriptionEn:
      "An all-round model of 7.6 billion parameters that follows instructions well and writes clean JSON. It is a fair choice for everyday chat, extraction and summaries in Chinese and English.",
    descriptionZh: "76 亿参数的全能模型，指令遵循能力好，能输出规范的 JSON。适合中英文日常对话、信息抽取和摘要。",
    price: { inputNano: 500n, cachedInputNano: 200n, outputNano: 1_000n },
  },
  {
    ...text,
    ...dedicated,
    slug: "qwen2.5-14b-instruct",
    name: "Qwen2.5-14B-Instruct",
    provider: "Alibaba Cloud",
    contextLength: 131_072,
    maxOutputTokens: 8_192,
    licence: "Apache-2.0",
    parameters: 14_770_033_664n,
    repository: "Qwen/Qwen2.5-14B-Instruct",
    weights: gguf("Qwen/Qwen2.5-14B-Instruct-GGUF", "qwen2.5-14b-instruct-q4_k_m-00001-of-00003.gguf"),
    descriptionEn:
      "The middle size of the Qwen2.5 family, with more knowledge and steadier reasoning than the 7B model. It still fits on a single large accelerator.",
    descriptionZh: "Qwen2.5 系列的中等规格，知识量和推理稳定性都优于 7B 模型。仍可部署在一张大显存加速卡上。",
  },
  {
    ...text,
    ...dedicated,
    slug: "qwen2.5-coder-32b-instruct",
    name: "Qwen2.5-Coder-32B-Instruct",
    provider: "Alibaba Cloud",
    contextLength: 131_072,
    maxOutputTokens: 8_192,
    licence: "Apache-2.0",
    parameters: 32_763_876_352n,
    repository: "Qwen/Qwen2.5-Coder-32B-Instruct",
    weights: gguf("Qwen/Qwen2.5-Coder-32B-Instruct-GGUF", "qwen2.5-coder-32b-instruct-q4_k_m.gguf"),
    descriptionEn:
      "A model made for programming: it writes, explains, repairs and reviews code in dozens of languages. It reads whole repositories' worth of context, up to 128K tokens.",
    descriptionZh: "面向编程的模型，能用数十种语言编写、讲解、修复和评审代码。上下文可达 128K Token，足以读入大量源码。",
  },
  {
    ...text,
    ...both,
    slug: "qwen2.5-72b-instruct-awq",
    name: "Qwen2.5-72B-Instruct-AWQ",
    provider: "Alibaba Cloud",
    contextLength: 131_072,
    maxOutputTokens: 8_192,
    licence: "Qwen License",
    parameters: 72_706_203_648n,
    repository: "Qwen/Qwen2.5-72B-Instruct-AWQ",
    descriptionEn:
      "The largest model of the Qwen2.5 family, its weights quantised to 4 bits with AWQ so that it needs far less memory. It is meant for demanding chat, analysis and long texts.",
    descriptionZh: "Qwen2.5 系列中最大的模型，权重经 AWQ 量化为 4 位，显存需求大幅降低。适合高要求的对话、分析和长文本任务。",
    price: { inputNano: 4_000n, cachedInputNano: 1_600n, outputNano: 12_000n },
  },
  {
    ...text,
    ...dedicated,
    slug: "baichuan2-13b-chat",
    name: "baichuan2-13b-Chat",
    provider: "Baichuan",
    contextLength: 4_096,
    maxOutputTokens: 2_048,
    licence: "Baichuan 2 Community License",
    parameters: 13_896_668_160n,
    repository: "baichuan-inc/Baichuan2-13B-Chat",
    descriptionEn:
      "A bilingual chat model of 13 billion parameters trained on 2.6 trillion tokens. It is at home in Chinese conversation and keeps to a short context of 4K tokens.",
    descriptionZh: "130 亿参数的中英双语对话模型，训练语料达 2.6 万亿 Token。擅长中文对话，上下文较短，为 4K Token。",
  },
  {
    ...text,
    ...both,
    slug: "llama-3.2-11b-vision-instruct",
    name: "Llama-3.2-11B-Vision-Instruct",
    provider: "Meta",
    kind: "image_understanding",
    contextLength: 131_072,
    maxOutputTokens: 8_192,
    licence: "Llama 3.2 Community License",
    parameters: 10_670_220_835n,
    repository: "meta-llama/Llama-3.2-11B-Vision-Instruct",
    descriptionEn:
      "A model that reads a picture together with text and answers in text: captions, charts, documents, questions about a photo. For text alone it works in eight languages, with images in English.",
    descriptionZh:
      "能同时理解图片和文字并以文字作答的模型，可用于图片描述、图表与文档阅读、照片问答。纯文本支持八种语言，图文任务以英文为主。",
    price: { inputNano: 1_200n, cachedInputNano: 400n, outputNano: 1_600n },
  },
  {
    ...text,
    ...both,
    slug: "glm-4-9b-chat",
    name: "glm-4-9b-chat",
    provider: "Zhipu AI",
    contextLength: 131_072,
    maxOutputTokens: 4_096,
    licence: "GLM-4 License",
    parameters: 9_399_951_392n,
    repository: "zai-org/glm-4-9b-chat",
    weights: gguf("bartowski/glm-4-9b-chat-GGUF", "glm-4-9b-chat-Q4_K_M.gguf"),
    descriptionEn:
      "The open chat model of the GLM-4 family, with 9 billion parameters and a context of 128K tokens. It handles dialogue, tool calls and long documents in 26 languages.",
    descriptionZh: "GLM-4 系列的开源对话模型，90 亿参数，上下文 128K Token。支持 26 种语言的对话、工具调用和长文档理解。",
    price: { inputNano: 600n, cachedInputNano: 200n, outputNano: 600n },
  },
];
