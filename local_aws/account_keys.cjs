// Gives the CDK CLI keys of the account that a stack is for; the local AWS reads the account from the key.
module.exports = {
  version: '1',
  init(host) {
    host.registerCredentialProviderSource({
      name: 'local-aws',
      isAvailable: async () => true,
      canProvideCredentials: async () => true,
      getProvider: async (account) => ({ accessKeyId: `LOCALAWS${account}`, secretAccessKey: 'local' }),
    });
  },
};
