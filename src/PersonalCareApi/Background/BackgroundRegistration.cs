namespace PersonalCareApi.Background;

internal static class BackgroundRegistration
{
    /// <summary>After the database: hosted services stop in the other order, and work in hand still has to be written.</summary>
    public static void AddBackgroundWork(this IServiceCollection services)
    {
        services.AddSingleton<BackgroundJobs>();
        services.AddHostedService<BackgroundWork>();
    }
}
