// Options that writing requests carry in their query and body.
import { badRequest } from '#lab/kube/messages/status.ts'
import { readBody } from '#lab/kube/patch/body.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { DeleteOptions } from '#lab/kube/write/delete-options.ts'
import { readDeleteOptions } from '#lab/kube/write/delete-options.ts'

/** Whether a request asks to store nothing. 400 for a value other than `All`. */
export function isDryRun(request: ApiRequest): boolean {
  const asked = request.query.get('dryRun')
  if (asked !== null && asked !== 'All')
    throw badRequest(`dryRun: Unsupported value: "${asked}": supported values: "All"`)
  return asked === 'All'
}

/** The options of a DELETE, from its body and query. */
export const deleteOptions = (request: ApiRequest): DeleteOptions =>
  readDeleteOptions(
    request.body === undefined || request.body === '' ? undefined : readBody(request),
    request.query,
  )
