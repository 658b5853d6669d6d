import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable } from "../../prose.tsx";

export const quickStart: DocsChapter = {
  slug: "quick-start",
  title: "快速开始",
  summary: "从账户到第一个回答，只需三步。",
  sections: (facts) => [
    {
      id: "choose",
      title: "使用模型的两种方式",
      body: (
        <>
          <p>模型通过模型服务来回答。你可以共用已经在运行的服务，也可以部署自己的服务：</p>
          <FactTable
            label="使用模型的两种方式"
            head={["对比项", "按 Token 计费", "独享模型服务"]}
            rows={[
              { key: "who", cells: ["实例", "所有人共用，由平台运行", "由你独享，部署时启动"] },
              { key: "billed", cells: ["费用", "按每次调用的 Token 数或图像数计算", "按实例、按秒计算，调用不另外收费"] },
              { key: "fits", cells: ["适合", "试用、轻量或偶尔使用", "持续高频使用，以及对响应速度要求高的场景"] },
              { key: "limit", cells: ["调用次数", "受余额和限额约束", "不限"] },
            ]}
          />
        </>
      ),
    },
    {
      id: "try",
      title: "1. 在控制台试用模型",
      body: (
        <p>
          打开<Link href="/playground">模型体验</Link>，选择模型，直接提问，无需任何设置。每个回答下方会显示 Token 数、生成速度和费用。
        </p>
      ),
    },
    {
      id: "key",
      title: "2. 创建 API 密钥",
      body: (
        <p>
          程序用密钥证明自己属于你。前往<Link href="/keys?create=1">API 密钥</Link>，选择“创建密钥”，并立即复制：密钥仅显示这一次。
        </p>
      ),
    },
    {
      id: "call",
      title: "3. 调用模型",
      body: (
        <>
          <p>
            在任意 OpenAI SDK 中填写接口地址 <code>{facts.chatEndpoint}</code>{" "}
            和你的密钥，或直接运行下面的示例。示例已按本平台生成，只需在标记的行填入密钥。
          </p>
          {facts.callExample}
        </>
      ),
    },
    {
      id: "next",
      title: "接下来",
      body: (
        <ul>
          <li>
            <Link href="/models">模型广场</Link>：全部模型，以及各自的价格和示例。
          </li>
          <li>
            <Link href="/docs/services">模型服务</Link>：部署自己的实例。
          </li>
          <li>
            <Link href="/docs/errors">限制与错误</Link>：返回值不是 200 时的含义，以及何时重试。
          </li>
        </ul>
      ),
    },
  ],
};
