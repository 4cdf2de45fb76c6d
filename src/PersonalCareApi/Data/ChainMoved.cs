namespace PersonalCareApi.Data;

/// <summary>Another program appended to the same chain first; the transaction is rolled back and tried again.</summary>
internal sealed class ChainMoved() : Exception("The ledger chain has moved on.");
