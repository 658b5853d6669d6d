import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";

export const pricing: DocsChapter = {
  slug: "pricing",
  title: "价格与计费",
  summary: "哪些内容收费、何时收费，以及余额用尽时会怎样。",
  sections: () => [
    {
      id: "by-token",
      title: "按 Token 计费的调用",
      body: (
        <>
          <p>
            每个模型都有输入、缓存命中和输出三项价格，按每百万 Token 报价，旁边标明每千 Token 的价格。图像生成按张计费。全部价格见
            <Link href="/pricing">价格</Link>页面。
          </p>
          <ul>
            <li>从回答的第一部分开始计费，在此之前失败的调用不产生费用。</li>
            <li>如果在回答生成过程中断开，需支付输入和已生成部分的费用。</li>
            <li>模型从先前调用中保留下来的输入，按缓存命中价计费。</li>
            <li>
              <code>GET /v1/usage/&lt;请求 ID&gt;</code> 返回一次调用的账目，逐项列出数量 × 单价 = 金额。
            </li>
          </ul>
        </>
      ),
    },
    {
      id: "holds",
      title: "调用前的预留",
      body: (
        <p>
          按 Token 计费的调用开始之前，系统会从余额中预留它可能产生的最高费用：输入，以及不超过 <code>max_tokens</code>{" "}
          或上下文长度的输出。调用结束后按实际费用扣除，不会超过预留的金额。因此，较小的 <code>max_tokens</code>{" "}
          能让较少的余额支持更多并发调用。
        </p>
      ),
    },
    {
      id: "by-instance",
      title: "独享实例",
      body: (
        <>
          <p>
            价格取决于区域和实例规格，按小时报价。实例按秒计费，从就绪开始，到停止为止：每小时价格 × 秒数 ÷
            3,600，向下取整。排队、下载和启动不计费，调用不另外收费。
          </p>
          <ul>
            <li>扩缩容、停止和删除在完成的那一秒生效。</li>
            <li>在第一分钟内崩溃的实例不收费；之后崩溃的实例计费到崩溃为止。</li>
            <li>部署或扩容时，余额必须足够支付全部实例一分钟的费用。</li>
          </ul>
        </>
      ),
    },
    {
      id: "arrears",
      title: "余额用尽时",
      body: (
        <>
          <p>
            按 Token 计费的调用会被拒绝，错误码为 <code>credit_balance_exhausted</code>。正在进行的回答会继续完成。
          </p>
          <p>
            运行中的实例始终预留一分钟的费用。如果不足以支付接下来的一分钟，独享服务会欠费停服：实例结束，不再计费。充值后，服务会自动恢复。
          </p>
        </>
      ),
    },
    {
      id: "changes",
      title: "价格调整时",
      body: <p>新价格从生效时间起适用，不影响此前的用量。调用按开始时的价格计费；运行中的实例，调整前按旧价计费，调整后按新价计费。</p>,
    },
  ],
};
