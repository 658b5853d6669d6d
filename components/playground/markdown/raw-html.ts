/** A node of a markdown tree, as far as it is read here. */
interface Node {
  type: string;
  value?: string;
  children?: Node[];
}

/**
 * A remark plugin: HTML in an answer is text that is shown, tags and all. Dropping it would lose what a model says
 * about HTML, and drawing it would trust what a model says.
 */
export function htmlAsText() {
  return (tree: Node): void => rewrite(tree);
}

function rewrite(node: Node): void {
  for (const child of node.children ?? []) rewrite(child);
  if (node.type !== "html") return;
  node.type = "text";
}
