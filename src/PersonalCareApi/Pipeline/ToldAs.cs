namespace PersonalCareApi.Pipeline;

/// <summary>Endpoint metadata: the name under which uses of this route stand on the ledger, where its own would tell too much.</summary>
internal sealed record ToldAs(string Operation);
