%% Two processes, one value back and forth.
-module(queue_ping_pong).
-export([main/0]).

answer() ->
    receive
        {From, X} -> From ! {answer, X + 1}, answer();
        stop -> ok
    end.

ask(_, X, 0) -> X;
ask(Other, X, N) ->
    Other ! {self(), X},
    receive {answer, Y} -> ask(Other, Y, N - 1) end.

main() ->
    Other = spawn(fun answer/0),
    io:format("~p~n", [ask(Other, 0, 100000)]),
    Other ! stop.
