using PersonalCareApi.Configuration;

namespace PersonalCareApi.Data;

/// <summary>Where the program keeps what is its own: the embedded database, key files.</summary>
internal sealed class DataFolder(string path)
{
    public string Path { get; } = path;

    /// <summary>The folder named by <c>Data:Folder</c>, or <c>data</c> beside the program.</summary>
    public static DataFolder From(IConfiguration configuration, IHostEnvironment environment) =>
        new(System.IO.Path.Combine(environment.ContentRootPath, Settings.DataFolder.In(configuration) ?? Settings.DataFolder.Otherwise));

    /// <summary>The path of a file in the folder, which is made, for its owner alone, where it is missing.</summary>
    public string File(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return System.IO.Path.Combine(Path, name);
    }
}
