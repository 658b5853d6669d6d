import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable } from "../../prose.tsx";

export const keys: DocsChapter = {
  slug: "keys",
  title: "API 密钥",
  summary: "创建密钥，限定它的权限，并在不中断服务的情况下更换。",
  sections: () => [
    {
      id: "create",
      title: "创建密钥",
      body: (
        <p>
          在<Link href="/keys">API 密钥</Link>
          中选择“创建密钥”，并取一个名称，例如使用它的程序。密钥立即生效，除非加以限制，否则可以调用工作区的全部模型和服务。密钥仅显示一次，之后列表中只显示开头和结尾。
        </p>
      ),
    },
    {
      id: "limits",
      title: "限制密钥",
      body: (
        <>
          <p>以下各项均为选填，之后可以更改。留空表示不限制。</p>
          <FactTable
            label="密钥的限制"
            head={["限制", "作用"]}
            rows={[
              { key: "expiry", cells: ["到期时间", "超过这一天，使用该密钥的调用会被拒绝"] },
              { key: "models", cells: ["模型", "只能调用这些模型和服务"] },
              { key: "addresses", cells: ["来源地址", "拒绝来自其他地址的调用，可填写 IP 地址和网段"] },
              { key: "requests", cells: ["每分钟请求数", "按最近 60 秒计算"] },
              { key: "tokens", cells: ["每分钟 Token 数", "输入与输出合计，按最近 60 秒计算"] },
              { key: "concurrency", cells: ["并发调用数", "可以同时进行的调用数"] },
              { key: "budget", cells: ["每日和每月预算", "金额上限，日和月按 UTC 计算"] },
            ]}
          />
        </>
      ),
    },
    {
      id: "rotate",
      title: "轮换密钥",
      body: (
        <>
          <p>如果要在不中断服务的情况下更换密钥，请使用轮换：你会得到一个名称和限制相同的新密钥，旧密钥在一段时间内继续有效。</p>
          <ol>
            <li>打开密钥的菜单，选择“轮换”，并选择旧密钥继续有效的时间，最长 90 天。</li>
            <li>在程序中换上新密钥。</li>
            <li>在旧密钥的页面查看最近一次使用的时间。不再使用后，可以提前结束。</li>
          </ol>
        </>
      ),
    },
    {
      id: "disable",
      title: "停用或删除密钥",
      body: (
        <p>
          停用后，使用该密钥的调用都会被拒绝，直到再次启用。删除则不可恢复。控制台返回成功时，操作已经生效，此后不会再有使用该密钥的调用被接受。如果密钥可能已经泄露，请先删除，再查明原因。
        </p>
      ),
    },
  ],
};
