// A real Kubernetes node in a container of this host's Docker: started, found again and removed,
// and a reach to it.
export { containerReach } from './reach.ts'
export { findDocker, NoDocker } from './docker.ts'
export { startNode, nodeImage } from './node.ts'
export { findKept, removeNodes } from './containers.ts'
