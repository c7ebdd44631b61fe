// A real Kubernetes node in a container of this host's Docker, and a runtime for it.
export { containerRuntime } from './runtime.ts'
export { findDocker, NoDocker } from './docker.ts'
export { startNode, nodeImage } from './node.ts'
export { findKept, removeNodes } from './containers.ts'
