// Gives the CDK CLI the keys of each account that it works in; they come in LOCAL_AWS_KEYS.
const keys = JSON.parse(process.env.LOCAL_AWS_KEYS);

module.exports = {
  version: '1',
  init(host) {
    host.registerCredentialProviderSource({
      name: 'local-aws',
      isAvailable: async () => true,
      canProvideCredentials: async (account) => account in keys,
      getProvider: async (account) => keys[account],
    });
  },
};
