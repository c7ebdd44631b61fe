// Lists of objects: page by page, and without parsing a list again that has not changed.
import type { KubeObject } from '#src/model/kube.ts'
import { KubeError } from './errors.ts'
import { bodyOf, sendOk, type Connection } from './exchange.ts'
import type { Listed, ListOptions } from './kube-api.ts'
import { pathOf, type Resource } from './kinds.ts'
import { completed, isObject, member } from './object.ts'
import type { Sending } from './request.ts'

/** Objects in one page of a list. @source Kubernetes default: kubectl --chunk-size */
const pageSize = 500

interface ListBody {
  items: KubeObject[]
  metadata?: { continue?: string; resourceVersion?: string }
}

const isList = (value: unknown): value is ListBody => {
  const items = member(value, 'items')
  return Array.isArray(items) && items.every(isObject)
}

/** The version of a list whose items need not be parsed: it precedes them. */
const versionIn = (body: string): string =>
  /"resourceVersion":\s*"([^"]*)"/.exec(body.slice(0, body.indexOf('"items":')))?.[1] ?? ''

interface Page<T> extends Listed<T> {
  /** Where the next page begins. Absent: this is the last one. */
  next: string | undefined
}

/** The first page. A list that is the same as last time is not parsed again. */
async function firstPage<T extends KubeObject>(
  connection: Connection,
  resource: Resource<T>,
  sending: Sending,
): Promise<Page<T>> {
  const { unchanged } = connection.session
  const answer = await sendOk(connection, sending)
  const key = JSON.stringify([sending.path, sending.query])
  // The objects remembered for this path have the type that the path has now.
  const same = unchanged.same(key, answer.body) as readonly T[] | undefined
  if (same !== undefined)
    return { items: [...same], resourceVersion: versionIn(answer.body), next: undefined }
  const page = pageOf(resource, bodyOf(connection, sending, answer, isList))
  unchanged.remember(key, answer.body, page.items)
  return page
}

function pageOf<T extends KubeObject>(
  resource: Resource<T>,
  { items, metadata }: ListBody,
): Page<T> {
  return {
    items: items.map(item => completed(resource, item)),
    resourceVersion: metadata?.resourceVersion ?? '',
    next: metadata?.continue || undefined,
  }
}

async function pages<T extends KubeObject>(
  connection: Connection,
  resource: Resource<T>,
  { labelSelector, fieldSelector, namespace }: ListOptions,
  limit: number | undefined,
): Promise<Listed<T>> {
  const sending = (next: string | undefined): Sending => ({
    method: 'GET',
    path: pathOf(resource, { namespace }),
    query: { limit: limit?.toString(), continue: next, labelSelector, fieldSelector },
  })
  let page = await firstPage(connection, resource, sending(undefined))
  const items = [...page.items]
  while (page.next !== undefined) {
    const following = sending(page.next)
    const answer = await sendOk(connection, following)
    page = pageOf(resource, bodyOf(connection, following, answer, isList))
    items.push(...page.items)
  }
  return { items, resourceVersion: page.resourceVersion }
}

/** All objects of a kind, and the version of the collection. */
export async function listObjects<T extends KubeObject>(
  connection: Connection,
  resource: Resource<T>,
  options: ListOptions = {},
): Promise<Listed<T>> {
  try {
    return await pages(connection, resource, options, pageSize)
  } catch (error) {
    // The server has dropped the state of the pages. A single page of everything cannot lose it.
    if (error instanceof KubeError && error.status === 410)
      return pages(connection, resource, options, undefined)
    throw error
  }
}
