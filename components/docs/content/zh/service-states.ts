import type { ServiceState } from "#lib/contracts/services.ts";

/** Every state by the name that the console shows, and what it means to the reader. */
export const serviceStates: Record<Exclude<ServiceState, "deleted">, { name: string; text: string }> = {
  pending: { name: "排队中", text: "正在等待启动。如果缺少条件（例如机器资源不足），页面会说明缺少什么。" },
  downloading: { name: "下载中", text: "正在下载模型权重，页面显示已下载的大小和速度。" },
  starting: { name: "启动中", text: "实例正在加载模型，很快就能回答。" },
  running: { name: "运行中", text: "全部实例已就绪，可以正常调用。" },
  scaling: { name: "扩缩容中", text: "正在增加或减少实例，已就绪的实例继续回答。" },
  degraded: { name: "部分可用", text: "部分实例未就绪。其余实例继续回答，缺少的实例会自动重新启动。" },
  failed: { name: "失败", text: "没有实例能够启动。页面显示原因和下次重试的时间，也可以立即重试。" },
  stopping: { name: "停止中", text: "不再接受新的调用，正在进行的调用会继续完成。" },
  stopped: { name: "已停止", text: "没有实例运行，也不计费。再次启动后名称不变。" },
  suspended: { name: "欠费停服", text: "余额不足以支付接下来一分钟的费用。充值后自动恢复。" },
  deleting: { name: "删除中", text: "完成正在进行的调用后，实例结束，服务随即消失。" },
};
