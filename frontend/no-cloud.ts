// In place of assistant-cloud, assistant-ui's hosted service, in the build: the npm client imports it, this page never calls it,
// and it would be a twentieth of the script. A name that a later client imports and that is missing here fails the build.

const none = class {};
export {
  none as AssistantCloud,
  none as CloudAPIError,
  none as CloudEngagementReporter,
  none as CloudMessagePersistence,
  none as CloudRunReporter,
};

const nothing = () => undefined;
export {
  nothing as createFormattedPersistence,
  nothing as createRunTelemetryToolCall,
  nothing as deriveRunOutcome,
  nothing as describeRunError,
  nothing as extractAISDKRunTelemetry,
  nothing as extractRunTelemetryModelId,
  nothing as normalizeRunTelemetryUsage,
  nothing as readAnonymousRefreshToken,
  nothing as truncateRunTelemetryText,
};
