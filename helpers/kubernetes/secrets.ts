// Whether a text is a secret, for specs.
export * from '#src/kubernetes/questions/secrets.ts'
