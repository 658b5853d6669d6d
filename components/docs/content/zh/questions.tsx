import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";

export const questions: DocsChapter = {
  slug: "questions",
  title: "常见问题",
  summary: "大家最先问到的问题。",
  sections: (facts) => [
    {
      id: "which-way",
      title: "应该选择哪种调用方式？",
      body: (
        <p>轻量或偶尔使用，选择按 Token 计费：无需部署，调用多少付多少。持续高频使用，选择独享服务：实例只为你服务，价格与调用次数无关。</p>
      ),
    },
    {
      id: "find-key",
      title: "如何查看我的 API 密钥？",
      body: (
        <p>
          密钥列在<Link href="/keys">API 密钥</Link>
          中，只显示开头和结尾。完整的密钥仅在创建时显示。如果已经遗失，请重新创建，或使用轮换，得到一个限制相同的新密钥。
        </p>
      ),
    },
    {
      id: "find-name",
      title: "在哪里查看模型名称？",
      body: (
        <ul>
          <li>
            按 Token 计费的模型名称为 <code>public/&lt;模型&gt;</code>，例如 <code>{facts.accessName}</code>，见
            <Link href="/models">模型广场</Link>中的模型页面。
          </li>
          <li>
            自己的服务以工作区名称开头，例如 <code>{facts.ownName}</code>，可在<Link href="/services">模型服务</Link>列表中复制。
          </li>
        </ul>
      ),
    },
    {
      id: "instance-price",
      title: "独享实例的价格如何计算？",
      body: (
        <p>
          取决于区域、实例规格和使用时间，按秒计算。价格见<Link href="/pricing">价格</Link>页面，规则见
          <Link href="/docs/pricing#by-instance">价格与计费</Link>。
        </p>
      ),
    },
    {
      id: "slow",
      title: "服务变慢或拒绝调用，怎么办？",
      body: (
        <p>
          服务页面会显示进行中的请求数。如果所有实例都在忙，可以<Link href="/docs/services#scale">扩容</Link>
          ；如果单个回答较慢，可以通过“重试”换用更大的实例规格。
        </p>
      ),
    },
    {
      id: "catalog-grey",
      title: "为什么有的模型不能体验或部署？",
      body: (
        <p>
          有的模型只提供其中一种方式，模型页面会注明。有的模型需要的权重、机器或公共服务，在本平台上还没有。按钮会说明原因，管理员可以解决。
        </p>
      ),
    },
    {
      id: "compatible",
      title: "可以使用哪些 SDK？",
      body: (
        <p>
          所有支持 OpenAI API 并能设置接口地址的 SDK 和工具都可以。填入 <code>{facts.chatEndpoint}</code> 和你的密钥即可。
        </p>
      ),
    },
    {
      id: "engine-limits",
      title: "为什么其他平台支持的参数在这里被拒绝？",
      body: (
        <p>
          由本机运行的模型不返回对数概率，也不支持 <code>logit_bias</code> 和 <code>guided_regex</code>{" "}
          等自定义语法：带有这些参数的调用会被直接拒绝，而不是被悄悄忽略。如需约束输出格式，请使用 <code>response_format</code> 并提供 JSON
          Schema。
        </p>
      ),
    },
  ],
};
