import type { DocsChapter } from "../../chapter.ts";
import { errorTables } from "../../error-tables.tsx";
import { FactTable, Snippet } from "../../prose.tsx";
import { errorMeaning } from "./error-meaning.ts";

export const errors: DocsChapter = {
  slug: "errors",
  title: "限制与错误",
  summary: "调用的上限，以及被拒绝时的处理方法。",
  sections: () => [
    {
      id: "bounds",
      title: "请求的上限",
      body: (
        <FactTable
          label="请求的上限"
          head={["项目", "上限"]}
          rows={[
            { key: "body", cells: ["请求体", "10 MiB"] },
            { key: "messages", cells: ["一次对话的消息数", "10,000 条"] },
            { key: "context", cells: ["提示词与回答合计", "模型的上下文长度，见模型页面"] },
            { key: "n", cells: ["同一提示词的回答数", "16 个"] },
            { key: "images", cells: ["一次调用的图像数", "10 张"] },
            { key: "embeddings", cells: ["一次向量调用的文本数", "2,048 段"] },
            { key: "first", cells: ["等待回答的第一部分", "60 秒"] },
            { key: "silence", cells: ["回答中途的停顿", "60 秒"] },
            { key: "total", cells: ["一次完整的调用", "10 分钟"] },
          ]}
        />
      ),
    },
    {
      id: "rate-limits",
      title: "限额",
      body: (
        <>
          <p>请求数、Token 数、并发数和金额的限制属于密钥或工作区。独享服务本身没有限额，能够回答多少只取决于它的实例。</p>
          <p>
            响应头会说明当前的情况：<code>x-ratelimit-limit-requests</code>、<code>x-ratelimit-remaining-requests</code> 和{" "}
            <code>x-ratelimit-reset-requests</code>，<code>tokens</code> 也有相同的三项。<code>GET /v1/key</code> 可以一次查询全部。
          </p>
        </>
      ),
    },
    {
      id: "form",
      title: "错误的格式",
      body: (
        <>
          <p>无论出现什么错误，回答都是如下格式。message 说明如何处理，程序应根据 code 判断。</p>
          <Snippet
            label="JSON"
            code={`{
  "error": {
    "message": "The service u-1100a15812cc/qwen2 is not ready. State: Stopped. Start it in the console first.",
    "type": "server_error",
    "param": "model",
    "code": "service_not_ready"
  }
}`}
          />
          <p>
            响应头 <code>x-request-id</code> 是这次调用的编号，寻求帮助时请提供。
          </p>
        </>
      ),
    },
    {
      id: "retry",
      title: "何时重试",
      body: (
        <ul>
          <li>
            <code>retry-after</code> 指明多少秒之后值得重试。
          </li>
          <li>
            <code>x-should-retry: false</code> 表示同样的调用会再次失败，官方 SDK 会遵守它。
          </li>
          <li>两者都没有时，5xx 和 429 可以在停顿后重试，每次停顿加倍；其他错误需要修改请求。</li>
          <li>在回答开始之前失败的调用不产生费用。</li>
        </ul>
      ),
    },
    {
      id: "codes",
      title: "错误码",
      body: errorTables({
        head: ["错误码", "含义"],
        groups: {
          request: "请求需要修改",
          rights: "密钥或名称不符",
          limits: "达到限额或余额不足",
          model: "模型没有回答",
          platform: "平台出现故障",
        },
        meaning: errorMeaning,
      }),
    },
  ],
};
