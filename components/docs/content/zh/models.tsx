import Link from "next/link";
import type { DocsChapter } from "../../chapter.ts";
import { FactTable, Snippet } from "../../prose.tsx";

export const calling: DocsChapter = {
  slug: "models",
  title: "调用模型",
  summary: "调用所需的接口地址、名称和密钥，以及可以调用的接口。",
  sections: (facts) => [
    {
      id: "endpoints",
      title: "接口地址",
      body: (
        <>
          <p>接口地址是程序发送请求的地址，取决于模型的使用方式：</p>
          <FactTable
            label="接口地址"
            head={["方式", "接口地址"]}
            rows={[
              { key: "token", cells: ["按 Token 计费", <code key="url">{facts.chatEndpoint}</code>] },
              { key: "dedicated", cells: [`区域 ${facts.region} 的独享服务`, <code key="url">{facts.regionEndpoint}</code>] },
            ]}
          />
          <p>
            每个模型和服务的页面都会显示自己的接口地址，可以直接复制。地址末尾带或不带 <code>/v1</code> 都可以，新旧 SDK 均能使用。
          </p>
        </>
      ),
    },
    {
      id: "names",
      title: "访问名称",
      body: (
        <>
          <p>调用时，参数 model 填写访问名称，它指明要调用哪一个服务：</p>
          <FactTable
            label="访问名称"
            head={["方式", "格式", "示例", "在哪里查看"]}
            rows={[
              {
                key: "token",
                cells: [
                  "按 Token 计费",
                  <code key="form">public/&lt;模型&gt;</code>,
                  <code key="example">{facts.accessName}</code>,
                  "模型广场中的模型页面",
                ],
              },
              {
                key: "dedicated",
                cells: [
                  "独享服务",
                  <code key="form">&lt;工作区&gt;/&lt;服务&gt;</code>,
                  <code key="example">{facts.ownName}</code>,
                  "你的模型服务列表",
                ],
              },
            ]}
          />
        </>
      ),
    },
    {
      id: "authentication",
      title: "认证",
      body: (
        <>
          <p>每个请求都要在 Authorization 请求头中带上 API 密钥：</p>
          <Snippet label="HTTP" code="Authorization: Bearer YOUR_API_KEY" />
          <p>
            密钥在<Link href="/keys">API 密钥</Link>
            中创建。请保存在自己的服务器上：拿到密钥的人可以用你的余额调用，所以不要写进网页或客户端应用。
          </p>
        </>
      ),
    },
    {
      id: "samples",
      title: "示例",
      body: (
        <>
          <p>同一次调用，分别使用 curl、Python 和 Node.js，可选一次返回或流式返回：</p>
          {facts.callExample}
        </>
      ),
    },
    {
      id: "routes",
      title: "可以调用的接口",
      body: (
        <>
          <FactTable
            label="可以调用的接口"
            head={["请求", "作用"]}
            rows={[
              { key: "chat", cells: [<code key="path">POST /v1/chat/completions</code>, "回答对话，输入可以是文本或图像"] },
              { key: "completions", cells: [<code key="path">POST /v1/completions</code>, "续写文本：较旧的形式，对话模型也可使用"] },
              { key: "embeddings", cells: [<code key="path">POST /v1/embeddings</code>, "用向量模型把文本转换为向量"] },
              { key: "images", cells: [<code key="path">POST /v1/images/generations</code>, "用图像生成模型绘制图像"] },
              { key: "models", cells: [<code key="path">GET /v1/models</code>, "列出此密钥当前可以调用的模型"] },
              { key: "key", cells: [<code key="path">GET /v1/key</code>, "查询密钥的权限和剩余限额"] },
              { key: "usage", cells: [<code key="path">GET /v1/usage/&lt;请求 ID&gt;</code>, "一次调用的账目：Token 数 × 单价 = 金额"] },
            ]}
          />
          <p>
            请求和回答的格式与 OpenAI API 一致。每个回答都带有 <code>finish_reason</code>；除未设置 <code>stream_options</code>{" "}
            的流式回答外，还带有 Token 用量 <code>usage</code>。响应头 <code>x-request-id</code> 是这次调用的编号。
          </p>
        </>
      ),
    },
    {
      id: "streaming",
      title: "流式返回",
      body: (
        <p>
          设置 <code>"stream": true</code> 后，回答以服务器推送事件的形式逐段到达，并以 <code>data: [DONE]</code> 结束。设置{" "}
          <code>{'"stream_options": {"include_usage": true}'}</code> 可在最后一个事件中得到 Token 用量。回答中途断开时，最后一个事件带有{" "}
          <code>error</code>。
        </p>
      ),
    },
    {
      id: "old-sdks",
      title: "旧版 SDK",
      body: (
        <>
          <p>为 1.0 之前的 Python SDK 编写的程序，只需更换密钥、地址和模型即可运行：</p>
          {facts.oldSample}
        </>
      ),
    },
  ],
};
