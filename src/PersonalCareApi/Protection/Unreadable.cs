using System.Security.Cryptography;
using System.Text.Json;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Protection;

/// <summary>A content or key that does not open: it denies, and the operator learns of it.</summary>
internal static partial class Unreadable
{
    /// <summary>Whether that is what failed.</summary>
    public static bool Is(Exception failure) => failure is CryptographicException or JsonException;

    /// <summary>Tells that what is about several clients goes on without these categories of this one.</summary>
    public static void LeftOut(ILogger logger, Guid clientId, params IEnumerable<DataCategory> categories) =>
        LogLeftOut(logger, clientId, string.Join(", ", categories.Select(category => category.Code())));

    [LoggerMessage(LogLevel.Error, "A content or key of client {ClientId} does not open: left out of what is about several clients ({Categories}).")]
    private static partial void LogLeftOut(ILogger logger, Guid clientId, string categories);
}
