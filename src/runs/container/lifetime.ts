// The lifetime of a started node: it is removed at the end of its run, unless it was ready and is
// kept. This also holds when a signal ends the run during the start.
import { rmSync } from 'node:fs'
import { stderr } from 'node:process'
import { atEnd } from '#src/runs/process/ending.ts'
import { removeNodes } from '#src/targets/container/index.ts'
import { folderOf, type ContainerNode, type Tell } from './node.ts'

/** How long the end waits for a container that Docker is creating, ms. */
const creation = 3_000

const howToUse = (container: string, cluster: string): string => {
  const folder = folderOf(container)
  const chosen = cluster === 'sandbox' ? '' : ` --cluster ${cluster}`
  return [
    `holdfast: the node is kept in container ${container}`,
    `  reach it    kubectl --kubeconfig ${folder}/kubeconfig get pods -A, ` +
      `or docker exec -it ${container} sh`,
    `  use again   holdfast check --target container${chosen} --reuse`,
    `  remove it   docker rm -f -v ${container}; rm -r ${folder}`,
    '',
  ].join('\n')
}

/** What ends with a run: the containers of `run`, and the folder of `container`. */
export interface Lifetime {
  /** Waits for a node that is being created, so that it can be removed, too. */
  starting(node: Promise<ContainerNode>): Promise<ContainerNode>
  /** The node is ready: from now on it can be kept. */
  ready(): void
  /** Keeps or removes the node, once. */
  end(): Promise<void>
}

export function lifetimeOf(
  container: string,
  { run, cluster, kept, found }: { run: string; cluster: string; kept: boolean; found: boolean },
  tell: Tell,
): Lifetime {
  // A node that was found was ready before.
  let isReady = found
  let underWay: Promise<unknown> = Promise.resolve()
  const end = atEnd(async () => {
    if (isReady && kept) return void stderr.write(howToUse(container, cluster))
    tell('removing the node')
    await removeNodes(run)
    // A container that Docker was creating appears after the first removal.
    await Promise.race([
      underWay.catch(() => undefined),
      new Promise(resolve => {
        setTimeout(resolve, creation)
      }),
    ])
    await removeNodes(run)
    if (!found) rmSync(folderOf(container), { recursive: true, force: true })
  })
  return {
    starting(node) {
      underWay = node
      return node
    },
    ready: () => void (isReady = true),
    end,
  }
}
