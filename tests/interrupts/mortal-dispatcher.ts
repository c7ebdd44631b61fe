// Requests of a process that can die: its connections end with it.
import type { Dispatcher } from 'undici'
import type { Life } from './life.ts'

/** Counts each request as a step. */
export const mortalDispatcher = (open: Dispatcher, life: Life): Dispatcher =>
  open.compose(dispatch => (options, handler) => {
    if (life.isDead) return true
    const { method, path } = options
    const how = life.begin({
      kind: 'request',
      what: `${method} ${path.split('?')[0]}`,
      writes: method !== 'GET' && !path.includes('/selfsubject'),
    })
    if (how === 'before') {
      life.die()
      return true
    }
    if (how === 'fails') return dispatch({ ...options, path: '/it-was-made-to-fail' }, handler)
    return dispatch(options, mortalHandler(handler, life, how === 'after'))
  })

/** Passes an answer on while the process lives. `diesAtAnswer`: the answer never arrives. */
function mortalHandler(
  handler: Dispatcher.DispatchHandler,
  life: Life,
  diesAtAnswer: boolean,
): Dispatcher.DispatchHandler {
  let end = (): void => {}
  const alive =
    <A extends unknown[]>(listener: ((...args: A) => void) | undefined) =>
    (...args: A): void => {
      if (!life.isDead) listener?.apply(handler, args)
    }
  return {
    onRequestStart(controller, context) {
      end = () => controller.abort(new Error('the process has died'))
      life.atDeath.add(end)
      alive(handler.onRequestStart)(controller, context)
    },
    onResponseStart(controller, status, headers, text) {
      if (diesAtAnswer) life.die()
      alive(handler.onResponseStart)(controller, status, headers, text)
    },
    onResponseData: alive(handler.onResponseData),
    onResponseEnd(controller, trailers) {
      life.atDeath.delete(end)
      alive(handler.onResponseEnd)(controller, trailers)
    },
    onResponseError(controller, error) {
      life.atDeath.delete(end)
      if (diesAtAnswer) life.die()
      alive(handler.onResponseError)(controller, error)
    },
  }
}
