// Listens in a thread for the request to stop. All spec files of the thread share it; their setup
// runs for each file.
import { askedChannel, stopChannel } from '#src/runs/process/stop.ts'

const stop = new AbortController()

const channel = new BroadcastChannel(stopChannel)
channel.unref()
channel.addEventListener('message', (event: { data?: unknown }) =>
  stop.abort(new Error(String(event.data))),
)

// The request may have come before this thread listened.
const asking = new BroadcastChannel(askedChannel)
asking.postMessage('')
asking.close()

/** Aborts when the process has to stop. */
export const stopped: AbortSignal = stop.signal
