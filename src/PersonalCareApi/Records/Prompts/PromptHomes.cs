using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records.Prompts;

/// <summary>In which categories prompts are, and in which one is: it is decided about there.</summary>
/// <remarks>
/// Where that category is refused, the caller is answered as about a prompt that is not there: the others are decided on, in
/// the same order for every id.
/// </remarks>
internal sealed class PromptHomes(Database database)
{
    /// <summary>The categories in which something can raise a prompt.</summary>
    public static IReadOnlyList<DataCategory> All { get; } = [DataCategory.Assessments, DataCategory.Goals, DataCategory.SessionNotes];

    private const string SelectCategory = """
        SELECT category
        FROM prompt
        WHERE id = @Id AND client_id = @ClientId AND partner_id = @PartnerId
        """;

    /// <summary>All of them, the prompt's own first; nothing else is read of it.</summary>
    public async Task<IReadOnlyList<DataCategory>> InOrder(Guid partnerId, Guid clientId, Guid? id, CancellationToken ct)
    {
        var own = id is null ? null : await database.ForSystem(SystemReason.Facts)
            .QueryOne<string>(SelectCategory, new { Id = id, ClientId = clientId, PartnerId = partnerId }, ct);
        return DataCategories.TryParse(own ?? "", out var category) ? [category, .. All.Where(other => other != category)] : All;
    }
}
