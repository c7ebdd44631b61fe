// Questions to the Kubernetes API, for specs.
export * from '#src/kubernetes/questions/lists.ts'
