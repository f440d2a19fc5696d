%% Nothing.
-module(startup_empty).
-export([main/0]).

main() -> ok.
