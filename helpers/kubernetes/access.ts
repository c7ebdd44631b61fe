// Questions about the kubeconfig and the cluster behind it, for specs.
export * from '#src/kubernetes/questions/access.ts'
