// Views of workloads and their pods, for specs.
export * from '#src/kubernetes/questions/workloads.ts'
