import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable } from "../../prose.tsx";
import { serviceStates } from "./service-states.ts";

export const services: DocsChapter = {
  slug: "services",
  title: "模型服务",
  summary: "在自己的实例上部署模型，并进行扩缩容、停止和删除。",
  sections: (facts) => [
    {
      id: "deploy",
      title: "部署模型",
      body: (
        <>
          <p>模型服务把开源模型或微调后的模型变成程序可以调用的服务，你无需维护机器。</p>
          <ol>
            <li>
              选择<Link href="/services/new">部署模型</Link>，或在模型页面选择“部署”。
            </li>
            <li>
              填写名称。名称是访问名称的后半部分，例如 <code>{facts.ownName}</code>。
            </li>
            <li>选择区域、实例规格和实例数。确认前会显示每小时的费用，以及每种规格支持的上下文长度。</li>
            <li>点击“部署”。在服务变为“运行中”之前，页面会说明进展。</li>
          </ol>
          <p>名称由 2 到 64 个字符组成：小写字母、数字、连字符，中间可以有点号；以字母开头，以字母或数字结尾，并且在工作区内唯一。</p>
        </>
      ),
    },
    {
      id: "details",
      title: "服务页面的内容",
      body: (
        <>
          <FactTable
            label="服务页面的内容"
            head={["项目", "含义"]}
            rows={[
              { key: "name", cells: ["模型服务名称", "你为服务取的名称"] },
              { key: "access", cells: ["模型访问名称", "调用时使用的名称，全平台唯一"] },
              { key: "id", cells: ["模型服务 ID", "用于计费和追踪，无论如何变更都保持不变"] },
              { key: "base", cells: ["基础模型", "服务所使用的模型"] },
              { key: "count", cells: ["实例数", "已就绪的实例数和期望的实例数"] },
              { key: "status", cells: ["状态", "服务当前的状态；不在运行时说明原因"] },
              { key: "context", cells: ["上下文", "一次请求的 Token 数，包括输入和输出：取模型的上限，或实例内存所能容纳的数量"] },
            ]}
          />
          <p>页面还提供针对该服务的调用示例、实例及其日志、事件、随时间变化的指标（请求数、生成速度、首 Token 延迟、错误数）和累计费用。</p>
        </>
      ),
    },
    {
      id: "states",
      title: "状态",
      body: (
        <FactTable
          label="状态"
          head={["状态", "含义"]}
          rows={Object.entries(serviceStates).map(([key, { name, text }]) => ({ key, cells: [name, text] }))}
        />
      ),
    },
    {
      id: "scale",
      title: "扩缩容",
      body: (
        <>
          <p>如果回答变慢，或因所有实例繁忙而拒绝调用，可以增加实例：</p>
          <ol>
            <li>在模型服务列表中，打开该行右侧的菜单，选择“扩缩容”。</li>
            <li>输入要增加的实例数，例如 2。输入负数则减少实例，至少保留 1 个。</li>
            <li>核对变化和新的每小时价格，然后点击“确认”。</li>
          </ol>
          <p>新增的实例从就绪的那一秒开始计费。被移除的实例会先完成正在处理的调用。</p>
        </>
      ),
    },
    {
      id: "stop",
      title: "停止和启动",
      body: (
        <p>停止会结束所有实例和计费，名称、设置和访问名称都会保留。在再次启动之前，调用会被拒绝。正在进行的调用完成后，停止才会生效。</p>
      ),
    },
    {
      id: "retry",
      title: "重试",
      body: <p>无法启动的服务会自动重试，间隔逐渐加长。点击“重试”可以立即开始；如果问题出在实例规格或实例数上，可以同时更改。</p>,
    },
    {
      id: "delete",
      title: "删除",
      body: (
        <>
          <ol>
            <li>在模型服务列表中，打开该行右侧的菜单，选择“删除”。</li>
            <li>输入服务名称，然后点击“删除”。</li>
          </ol>
          <p>服务停止响应，实例停止后计费结束。此操作无法撤销；之后该名称可以重新使用。</p>
        </>
      ),
    },
  ],
};
